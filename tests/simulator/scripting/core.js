// What every script finds: System, Server, Properties, modules, and how values cross the border (contract section 7).
//
// The orchestrator runs Mozilla Rhino 1.7R4, ECMAScript 5. What differs here: newer syntax (let, arrow functions, classes)
// works although Rhino refuses it; E4X (XML in the source), Java packages (Packages.java...), conditional catch and files of
// the server are not there; messages of errors are the engine's own, but for the most frequent ones; `for each` works.
//
// __call(text) and __note(text) are the worker's: a question with an answer, and a message without one.
(function (global) {
  "use strict";

  // Scripts do not see what the worker gave us.
  const { __call, __note } = global;
  delete global.__call;
  delete global.__note;

  const RealDate = Date;
  let offset = 0;
  let thrown = null;
  const actions = {};
  const modules = Object.create(null);

  // An error of the server: it is told without the word Error in front, as Java's exceptions are.
  class HostError extends Error {
    toString() { return this.message; }
  }

  function host(name, ...args) {
    const answer = JSON.parse(__call(JSON.stringify({ call: name, args })));
    if ("now" in answer) setClock(answer.now);
    if ("error" in answer) throw new HostError(answer.error);
    return answer.value === undefined ? null : answer.value;
  }

  function note(kind, ...args) {
    __note(JSON.stringify({ note: kind, args }));
  }

  // Time: the simulator's, which may be ahead of the machine's.

  function setClock(now) { offset = now - RealDate.now(); }

  global.Date = new Proxy(RealDate, {
    construct: (target, args, self) =>
      Reflect.construct(target, args.length ? args : [RealDate.now() + offset], self === global.Date ? target : self),
    apply: () => new RealDate(RealDate.now() + offset).toString(),
    get: (target, name) => name === "now" ? () => RealDate.now() + offset : target[name],
  });
  RealDate.prototype.constructor = global.Date;

  // Values: from the wire and to it.

  function fromWire(wire) {
    if (wire === null || wire === undefined) return null;
    const key = Object.keys(wire)[0];
    const inner = wire[key];
    switch (key) {
      case undefined: return null;
      case "array": return (inner.elements || []).map(fromWire);
      case "properties": {
        const made = new Properties();
        for (const one of inner.property || []) made.put(one.key, fromWire(one.value));
        return made;
      }
      case "composite": {
        const made = {};
        for (const one of inner.property || []) made[one.id] = fromWire(one.value);
        return made;
      }
      case "sdk-object": return reference(inner);
      case "date": return new RealDate(inner.value);
      case "regex": return new RegExp(inner.value);
      case "mime-attachment": {
        const made = new MimeAttachment();
        made.name = inner.name;
        made.mimeType = inner["mime-type"];
        made.content = fromBase64(inner.content || "");
        return made;
      }
      default: return inner.value === undefined ? null : inner.value;
    }
  }

  function toWire(value) {
    if (value === null || value === undefined) return null;
    if (value instanceof Number || value instanceof String || value instanceof Boolean) value = value.valueOf();
    switch (typeof value) {
      case "string": return { "string": { value } };
      case "number":
        if (!isFinite(value)) throw new HostError(`The number ${value} cannot leave a script.`);
        return { "number": { value } };
      case "boolean": return { "boolean": { value } };
      case "object": break;
      // Only data passes from one element to another (Rhino limitations of the vendor's manual).
      default: throw new HostError(`A ${typeof value} cannot leave a script.`);
    }
    if (Array.isArray(value)) return { "array": { elements: value.map((one) => toWire(one) || {}) } };
    if (value instanceof RealDate) {
      return isNaN(value) ? null : { "date": { value: value.toISOString() } };
    }
    if (value instanceof RegExp) return { "regex": { value: value.source } };
    if (value instanceof MimeAttachment) {
      return { "mime-attachment": { name: text(value.name || ""), "mime-type": text(value.mimeType || ""), content: toBase64(text(value.content || "")) } };
    }
    if (value.__reference) return { "sdk-object": value.__reference };
    if (value instanceof Error) return { "string": { value: String(value) } };
    const names = value instanceof Properties ? value.keys : Object.keys(value);
    const read = (name) => value instanceof Properties ? value.get(name) : value[name];
    const pairs = names.map((name) => ({ key: name, value: toWire(read(name)) }));
    return { "properties": { property: pairs.filter((one) => one.value !== null) } };
  }

  // A value as the variable that it is bound to takes it.
  function toDeclared(declared, value) {
    if (value === null || value === undefined) return null;
    if (declared === "Array" || declared.startsWith("Array/")) {
      const kind = declared.slice(6) || "Any";
      if (!Array.isArray(value)) throw new HostError(`${shown(value)} is no ${declared}.`);
      return { "array": { elements: value.map((one) => toDeclared(kind, one) || {}) } };
    }
    if (declared.startsWith("CompositeType(")) {
      const names = value instanceof Properties ? value.keys : Object.keys(value);
      const read = (name) => value instanceof Properties ? value.get(name) : value[name];
      const members = names.map((id) => ({ id, value: toWire(read(id)) })).filter((one) => one.value !== null);
      return { "composite": { type: declared, property: members } };
    }
    switch (declared) {
      case "string": case "Text": case "Path": return { "string": { value: text(value) } };
      case "SecureString": return { "secure-string": { value: text(value) } };
      case "EncryptedString": return { "encrypted-string": { value: text(value) } };
      case "Regexp": return { "regex": { value: value instanceof RegExp ? value.source : text(value) } };
      case "number": {
        const number = Number(value);
        return isNaN(number) ? null : toWire(number);
      }
      case "boolean": return { "boolean": { value: value === "false" ? false : Boolean(value) } };
      case "Date": return toWire(value instanceof RealDate ? value : new RealDate(value));
      default: return toWire(value);
    }
  }

  function text(value) { return typeof value === "string" ? value : String(value); }

  function shown(value) {
    try { return String(value); } catch (_problem) { return Object.prototype.toString.call(value); }
  }

  // Base64 of a text in UTF-8, as the wire carries attachments.
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  function toBase64(value) {
    const bytes = Array.from(unescape(encodeURIComponent(value)), (one) => one.charCodeAt(0));
    let made = "";
    for (let place = 0; place < bytes.length; place += 3) {
      const group = (bytes[place] << 16) | ((bytes[place + 1] || 0) << 8) | (bytes[place + 2] || 0);
      const left = bytes.length - place;
      made += LETTERS[group >> 18] + LETTERS[(group >> 12) & 63];
      made += (left > 1 ? LETTERS[(group >> 6) & 63] : "=") + (left > 2 ? LETTERS[group & 63] : "=");
    }
    return made;
  }

  function fromBase64(value) {
    let made = "", bits = 0, held = 0;
    for (const letter of value.replace(/[^A-Za-z0-9+/]/g, "")) {
      held = (held << 6) | LETTERS.indexOf(letter);
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        made += String.fromCharCode((held >> bits) & 255);
        held &= (1 << bits) - 1;
      }
    }
    try { return decodeURIComponent(escape(made)); } catch (_problem) { return made; }
  }

  // Types that scripts make

  function Properties(values) {
    const data = new Map();
    const self = Object.create(Properties.prototype);
    const load = (given) => {
      if (given instanceof Properties) for (const key of given.keys) data.set(key, given.get(key));
      else for (const key of Object.keys(given || {})) data.set(key, given[key]);
    };
    load(values);
    const methods = {
      get: (key) => data.has(text(key)) ? data.get(text(key)) : null,
      put: (key, value) => { data.set(text(key), value); },
      remove: (key) => { data.delete(text(key)); },
      load,
      containsKey: (key) => data.has(text(key)),
      toString: () => `{${Array.from(data, ([key, value]) => `${key}=${shown(value)}`).join(", ")}}`,
    };
    return new Proxy(self, {
      get: (target, name) => {
        if (name === "keys") return Array.from(data.keys());
        if (name in methods) return methods[name];
        return data.has(name) ? data.get(name) : target[name];
      },
      set: (_target, name, value) => { data.set(name, value); return true; },
      has: (_target, name) => data.has(name),
      deleteProperty: (_target, name) => { data.delete(name); return true; },
      ownKeys: () => Array.from(data.keys()),
      getOwnPropertyDescriptor: (_target, name) =>
        data.has(name) ? { value: data.get(name), enumerable: true, configurable: true, writable: true } : undefined,
    });
  }

  function MimeAttachment() { this.name = null; this.mimeType = null; this.content = null; }
  MimeAttachment.prototype.toString = function () { return `MimeAttachment[${this.name}]`; };

  function Attribute() { this.name = null; this.type = null; this.description = null; this.value = null; }

  // Objects of plug-ins and of the system: what they are is asked when it is needed.

  const factories = {};
  const known = {};

  function reference(given) {
    const make = factories[given.type];
    if (make) return make(given);
    if (given.view) known[`${given.type} ${given.id}`] = given.view;
    return wrapper({ type: given.type, id: given.id });
  }

  function describe(key) {
    const at = `${key.type} ${key.id}`;
    let found = known[at];
    if (!found || found.live) {
      found = known[at] = host("describe", key.type, key.id) || { properties: {}, methods: [] };
    }
    return found;
  }

  function wrapper(key) {
    const own = {};
    const call = (method) => (...args) => fromWire(host("call", key.type, key.id, method, args.map(toWire)));
    const property = (name) => {
      if (Object.prototype.hasOwnProperty.call(own, name)) return own[name];
      const found = describe(key).properties;
      return Object.prototype.hasOwnProperty.call(found, name) ? fromWire(found[name]) : undefined;
    };
    return new Proxy({}, {
      get: (_target, name) => {
        if (name === "__reference") return key;
        if (typeof name !== "string") return undefined;
        const value = property(name);
        if (value !== undefined) return value;
        if (name === "id") return key.id;
        if (name === "toString" || name === "valueOf") return () => name === "valueOf" ? undefined : display(key);
        if (describe(key).methods.includes(name)) return call(name);
        const getter = /^(?:get|is)([A-Z].*)$/.exec(name);
        if (getter) {
          for (const word of [getter[1][0].toLowerCase() + getter[1].slice(1), getter[1], name]) {
            const inner = property(word);
            if (inner !== undefined) return () => inner;
          }
        }
        return undefined;
      },
      set: (_target, name, value) => { own[name] = value; return true; },
      has: (_target, name) => property(name) !== undefined,
      ownKeys: () => Object.keys(describe(key).properties),
      getOwnPropertyDescriptor: (_target, name) => {
        const value = property(name);
        return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: true };
      },
    });
  }

  function display(key) {
    const name = describe(key).properties.name;
    return `DynamicWrapper (Instance) : [${key.type}] -- VALUE : ${name ? name.string.value : key.id}`;
  }

  // Actions

  function module(name, description, names) {
    const methods = { name, description };
    return new Proxy({}, {
      get: (_target, key) => {
        if (typeof key !== "string") return undefined;
        if (key === "actionDescriptions" || key === "actions") return names.map((one) => wrapper({ type: "Action", id: one.id }));
        if (key in methods) return methods[key];
        if (key === "toString") return () => `DynamicWrapper (Instance) : [Module]-[class ch.dunes.scripting.server.ScriptModule] -- VALUE : Module name:"${name}"`;
        if (names.some((one) => one.name === key)) return action(name, key);
        return undefined;
      },
      has: (_target, key) => names.some((one) => one.name === key),
      ownKeys: () => names.map((one) => one.name),
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    });
  }

  function action(moduleName, name) {
    const key = `${moduleName}/${name}`;
    if (!actions[key]) {
      const found = host("action", moduleName, name);
      if (found.refusal) actions[key] = () => { throw new HostError(found.refusal); };
      else actions[key] = compile(`Dynamic Script Module name : ${name}`, found.script, found.parameters);
    }
    const run = actions[key];
    return (...args) => {
      const result = run(...args);
      return result === undefined ? null : result;
    };
  }

  // Scripts: a function of its own for each, whose lines the worker can tell from those of others.

  function compile(label, script, names, prefix) {
    const ready = JSON.parse(__call(JSON.stringify({ compile: label, script })));
    return new Function(...names, "\n".repeat(ready.pad) + (prefix || "") + ready.script);
  }

  global.__source = (value) => typeof value === "string" ? JSON.parse(__call(JSON.stringify({ rewrite: value }))) : value;
  global.__each = (value) => Array.isArray(value) ? value : value === null || value === undefined ? [] : Object.keys(value).map((key) => value[key]);
  global.__thrown = () => thrown = { value: undefined, stack: new Error().stack };

  // Rhino's own members of errors: the line, and what the script is called.
  const place = (problem) => JSON.parse(__call(JSON.stringify({ locate: problem.stack || "" })));
  for (const [name, read] of [["lineNumber", (found) => found.line], ["fileName", (found) => found.label]]) {
    Object.defineProperty(Error.prototype, name, {
      configurable: true,
      get() { return this instanceof Error ? read(place(this)) : undefined; },
      set(value) { Object.defineProperty(this, name, { value, configurable: true, writable: true, enumerable: true }); },
    });
  }

  // Runs one script. The answer is text: {outputs, value} or {failure}.
  global.__run = (request) => {
    delete global.__run;
    const job = JSON.parse(request);
    setClock(job.now);
    // What every script of a workflow is given: the token of its run.
    if (job.token) global.workflow = reference({ type: "WorkflowToken", id: job.token });
    let outputs = () => ({});
    global.__outputs = (reader) => { outputs = reader; };
    try {
      const names = job.inputs.map((one) => one.name);
      const values = job.inputs.map((one) => fromWire(one.value));
      const reader = job.outputs.map((one) => `${JSON.stringify(one.name)}: ${one.name}`).join(", ");
      const declared = job.outputs.map((one) => one.name).filter((name) => !names.includes(name));
      const prefix = (declared.length ? `var ${declared.join(", ")}; ` : "") +
        (job.outputs.length ? `__outputs(function () { return {${reader}}; }); ` : "");
      const returned = compile(job.label, job.script, names, prefix).apply(global, values);
      const found = outputs();
      const written = {};
      for (const one of job.outputs) written[one.name] = toDeclared(one.type, found[one.name]);
      return JSON.stringify({ outputs: written, value: toDeclared(job.returns || "Any", returned) });
    } catch (problem) {
      return JSON.stringify({ failure: failure(problem) });
    }
  };

  function failure(problem) {
    const isThrown = thrown !== null && Object.is(thrown.value, problem);
    const stack = isThrown ? thrown.stack : problem instanceof Error ? problem.stack : "";
    // Nothing but the engine itself throws null without a throw: it has no memory left for an error.
    const text = problem === null && !isThrown ? "InternalError: out of memory" : shown(problem);
    return { text, stack: stack || "", syntax: problem instanceof SyntaxError && !isThrown };
  }

  // System

  const logger = (severity) => function (message) { note("log", severity, shown(message)); };
  const NAMES = {
    months: "January February March April May June July August September October November December".split(" "),
    days: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" "),
  };

  // The letters of java.text.SimpleDateFormat; the server's zone is UTC.
  function formatDate(date, pattern) {
    const pad = (value, size) => String(value).padStart(size, "0");
    const hours = date.getUTCHours();
    const fields = {
      y: (size) => size === 2 ? pad(date.getUTCFullYear() % 100, 2) : pad(date.getUTCFullYear(), size),
      M: (size) => size > 3 ? NAMES.months[date.getUTCMonth()] : size === 3 ? NAMES.months[date.getUTCMonth()].slice(0, 3) : pad(date.getUTCMonth() + 1, size),
      d: (size) => pad(date.getUTCDate(), size),
      E: (size) => size > 3 ? NAMES.days[date.getUTCDay()] : NAMES.days[date.getUTCDay()].slice(0, 3),
      H: (size) => pad(hours, size),
      k: (size) => pad(hours || 24, size),
      K: (size) => pad(hours % 12, size),
      h: (size) => pad(hours % 12 || 12, size),
      m: (size) => pad(date.getUTCMinutes(), size),
      s: (size) => pad(date.getUTCSeconds(), size),
      S: (size) => pad(date.getUTCMilliseconds(), size),
      a: () => hours < 12 ? "AM" : "PM",
      z: () => "UTC",
      Z: () => "+0000",
      X: () => "Z",
    };
    return text(pattern).replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (all, quoted, letter) => {
      if (quoted !== undefined) return quoted === "" ? "'" : quoted.replace(/''/g, "'");
      return letter in fields ? fields[letter](all.length) : all;
    });
  }

  const UNITS = { second: 1000, minute: 60000, hour: 3600000, day: 86400000, week: 604800000 };

  function getDate(input, from) {
    const relative = /^\s*(\d+)\s*(second|minute|hour|day|week)s?(?:\s+from\s+now)?\s*$/i.exec(text(input));
    if (relative) return new RealDate((from instanceof RealDate ? from.getTime() : global.Date.now()) + relative[1] * UNITS[relative[2].toLowerCase()]);
    if (/^\s*now\s*$/i.test(text(input))) return new global.Date();
    const found = new RealDate(text(input));
    if (isNaN(found)) throw new HostError(`Unable to parse date: ${input}`);
    return found;
  }

  function compareVersions(one, two) {
    const numbers = (value) => text(value).split(/[.-]/).map((part) => parseInt(part, 10) || 0);
    const [left, right] = [numbers(one), numbers(two)];
    for (let place = 0; place < Math.max(left.length, right.length); place++) {
      const difference = (left[place] || 0) - (right[place] || 0);
      if (difference) return difference < 0 ? -1 : 1;
    }
    return 0;
  }

  global.System = {
    log: logger("info"),
    warn: logger("warning"),
    error: logger("error"),
    debug: logger("debug"),
    sleep: (ms) => { host("sleep", Math.max(0, Number(ms) || 0)); return true; },
    waitUntil: (date, _interval) => { host("sleep", Math.max(0, date.getTime() - global.Date.now())); return true; },
    getModule: (name) => {
      if (!(name in modules)) {
        const found = host("module", text(name));
        modules[name] = found && module(found.name, found.description, found.actions);
      }
      return modules[name];
    },
    getAllModules: () => host("modules").map((found) => module(found.name, found.description, found.actions)),
    getCurrentTime: () => global.Date.now(),
    nextUUID: () => host("uuid"),
    formatDate,
    getDate,
    getDateFromFormat: (value, pattern) => fromWire(host("parse date", text(value), text(pattern))),
    formatNumber: (value) => text(value),
    compareVersionNumber: compareVersions,
    decimalToHex: (value) => Number(value).toString(16),
    hexToDecimal: (value) => parseInt(value, 16),
    extractFileName: (path) => text(path).split("/").pop(),
    extractDirectory: (path) => text(path).split("/").slice(0, -1).join("/"),
    appendToPath: (path, name) => `${text(path).replace(/\/$/, "")}/${name}`,
    getObjectType: (value) => value && value.__reference ? value.__reference.type : null,
    getObjectId: (value) => value && value.__reference ? value.__reference.id : null,
    getObjectClassName: (value) => className(value),
    getObjectPluginName: (value) => value && value.__reference ? value.__reference.type.split(":")[0] : null,
    isNotFound: (value) => value === null || value === undefined,
    getContext: () => ({
      getParameter: (name) => fromWire(host("context", text(name))),
      contains: (name) => host("context names").includes(text(name)),
      parameterNames: () => host("context names"),
    }),
    setLogMarker: () => undefined,
    getOsName: () => "Linux",
  };

  function className(value) {
    if (value === null || value === undefined) return null;
    if (value.__reference) return value.__reference.type.replace(":", "");
    if (value instanceof Properties) return "Properties";
    return { string: "String", number: "Number", boolean: "Boolean" }[typeof value] || (value.constructor && value.constructor.name) || "Object";
  }

  // Server

  const event = (severity) => function (message, description) { note("event", severity, shown(message), description === undefined || description === null ? "" : shown(description)); };
  const asked = (name) => (...args) => fromWire(host(`Server.${name}`, ...args.map(toWire)));

  global.Server = {
    log: event("info"),
    warn: event("warning"),
    error: event("error"),
    findForType: (type, id) => id === undefined || id === null ? null : fromWire(host("find", text(type), text(id))),
    findAllForType: (type, query) => host("find all", text(type), query === undefined || query === null ? null : text(query)).map(fromWire),
    query: (type, query, most) => host("find all", text(type), text(query || "")).slice(0, most || undefined).map(fromWire),
    toUri: (value) => value && value.__reference ? `dunes://service.dunes.ch/CustomSDKObject?id='${value.__reference.id}'&dunesName='${value.__reference.type}'` : null,
    fromUri: (uri) => {
      const found = /id='(.*)'&dunesName='([^']*)'/.exec(text(uri));
      return found && global.Server.findForType(found[2], found[1]);
    },
  };
  for (const name of ["getCurrentLdapUser", "getRunningUser", "getWorkflowWithId", "getAllWorkflowCategories",
    "getWorkflowCategoryWithPath", "getConfigurationElementCategoryWithPath", "getAllConfigurationElementCategories",
    "getResourceElementCategoryWithPath", "getAllResourceElementCategories", "getPackageWithName", "getWorkflowTokenState",
    "getAllNamesForType", "createConfigurationElement", "removeConfigurationElement"]) {
    global.Server[name] = asked(name);
  }

  factories.Attribute = (given) => {
    const made = new Attribute();
    for (const key of ["name", "type", "description"]) made[key] = given[key === "type" ? "attribute_type" : key];
    made.value = fromWire(given.value);
    return made;
  };

  Object.assign(global, { Properties, MimeAttachment, Attribute });
  global.__shared = { host, fromWire, toWire, text, shown, factories, describe, wrapper, HostError, toBase64 };
})(globalThis);
