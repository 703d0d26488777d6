// The REST plug-in: hosts, operations, requests. Requests are sent for real, by the script's own process (requests.py).
(function (global) {
  "use strict";

  const { host, text, factories, HostError, toBase64 } = global.__shared;
  const { __http } = global;
  delete global.__http;
  delete global.__shared;
  const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

  function RESTResponse(answer) {
    this.statusCode = answer.status;
    this.contentAsString = answer.body;
    this.contentLength = answer.length;
    this.requestId = null;
    Object.defineProperty(this, "headers_", { value: answer.headers, enumerable: false });
  }
  RESTResponse.prototype.getHeaderValues = function (name) {
    const wanted = text(name).toLowerCase();
    return this.headers_.filter((one) => one[0].toLowerCase() === wanted).map((one) => one[1]);
  };
  RESTResponse.prototype.getAllHeaders = function () {
    const made = new global.Properties();
    for (const [name, value] of this.headers_) made.put(name, value);
    return made;
  };
  RESTResponse.prototype.toString = function () { return `DynamicWrapper (Instance) : [RESTResponse] -- VALUE : ${this.statusCode}`; };

  function join(base, path) {
    if (/^https?:\/\//i.test(path)) return path;
    if (path === "") return base;
    return `${base.replace(/\/+$/, "")}${path.startsWith("/") || path.startsWith("?") ? "" : "/"}${path}`;
  }

  function RESTRequest(owner, method, path, content) {
    const wanted = text(method).toUpperCase();
    if (!METHODS.includes(wanted)) throw new HostError(`Unsupported HTTP method: ${method}`);
    this.fullUrl = join(text(owner.url), path === undefined || path === null ? "" : text(path));
    this.contentType = null;
    const own = { owner, method: wanted, content: content === undefined || content === null ? null : text(content), headers: [] };
    Object.defineProperty(this, "own_", { value: own, enumerable: false });
  }
  RESTRequest.prototype.setHeader = function (name, value) {
    const headers = this.own_.headers.filter((one) => one[0].toLowerCase() !== text(name).toLowerCase());
    this.own_.headers = [...headers, [text(name), text(value)]];
  };
  RESTRequest.prototype.addHeader = function (name, value) { this.own_.headers.push([text(name), text(value)]); };
  RESTRequest.prototype.getMethod = function () { return this.own_.method; };
  RESTRequest.prototype.getHeaders = function () {
    const made = new global.Properties();
    for (const [name, value] of this.own_.headers) made.put(name, value);
    return made;
  };
  RESTRequest.prototype.execute = function () {
    const authentication = this.own_.owner.authentication || {};
    const type = text(authentication.type || "NONE");
    if (type === "NONE") return send(this, null, null);
    if (type.toLowerCase() !== "basic") throw new HostError(`The simulator knows REST hosts with Basic authentication or none, not ${type}.`);
    const [session, user, password] = authentication.rawAuthProperties;
    return session === "Per User Session" ? send(this, null, null) : send(this, user, password);
  };
  RESTRequest.prototype.executeWithCredentials = function (user, password) { return send(this, text(user), text(password)); };
  RESTRequest.prototype.toString = function () { return `DynamicWrapper (Instance) : [RESTRequest] -- VALUE : ${this.own_.method} ${this.fullUrl}`; };

  function send(request, user, password) {
    const { owner, method, content, headers } = request.own_;
    const sent = headers.slice();
    const has = (name) => sent.some((one) => one[0].toLowerCase() === name);
    if (content !== null && !has("content-type")) sent.push(["Content-Type", text(request.contentType || "text/plain; charset=UTF-8")]);
    if (user !== null && !has("authorization")) sent.push(["Authorization", basic(user, password)]);
    const answer = JSON.parse(__http(JSON.stringify({
      method,
      url: request.fullUrl,
      headers: sent,
      body: content,
      seconds: Number(owner.operationTimeout) || 60,
      verify_host: owner.hostVerification !== false,
      redirects: owner.redirects_ !== false,
      proxy: owner.proxyHost ? `${owner.proxyHost}:${owner.proxyPort || 80}` : null,
    })));
    if ("error" in answer) throw new HostError(answer.error);
    return new RESTResponse(answer);
  }

  function basic(user, password) { return `Basic ${toBase64(`${user}:${password}`)}`; }

  function HTTPBasicAuthentication(properties) { this.type = "Basic"; this.rawAuthProperties = properties; }
  HTTPBasicAuthentication.prototype.getRawAuthProperty = function (index) { return this.rawAuthProperties[index]; };
  HTTPBasicAuthentication.getBasicAuthHeaderValue = basic;

  function RESTHost(name) {
    this.id = null;
    this.name = name === undefined ? null : name;
    this.url = null;
    this.authentication = null;
    this.proxyAuthentication = null;
    this.connectionTimeout = 30;
    this.operationTimeout = 60;
    this.hostVerification = true;
    this.proxyHost = null;
    this.proxyPort = 0;
    Object.defineProperty(this, "redirects_", { value: true, enumerable: false, writable: true });
    Object.defineProperty(this, "operations_", { value: {}, enumerable: false, writable: true });
  }
  RESTHost.prototype = {
    constructor: RESTHost,
    get __reference() { return this.id === null ? undefined : { type: "REST:RESTHost", id: this.id }; },
    createRequest(method, path, content) { return new RESTRequest(this, method, path, content); },
    executeRequestWithCredentials(method, path, content, user, password) {
      return this.createRequest(method, path, content).executeWithCredentials(user, password);
    },
    getOperations() { return Object.keys(this.operations_); },
    getOperation(id) { return this.operations_[id] || null; },
    addOperation(operation) {
      operation.host = this;
      operation.id = this.id === null ? host("uuid") : host("rest add operation", this.id, operation.name, operation.method, operation.urlTemplate, operation.defaultContentType);
      this.operations_[operation.id] = operation;
      return operation;
    },
    removeOperation(id) {
      const found = this.operations_[id] || null;
      delete this.operations_[id];
      if (this.id !== null) host("rest remove operation", this.id, id);
      return found;
    },
    setAutoUrlRedirect(enabled) { this.redirects_ = Boolean(enabled); },
    getAutoUrlRedirectEnabled() { return this.redirects_; },
    clone() { return Object.assign(new RESTHost(), this); },
    newHostFromThis() { return Object.assign(new RESTHost(), this, { id: null }); },
    toString() { return `DynamicWrapper (Instance) : [RESTHost]-[class com.vmware.o11n.plugin.rest.RESTHost] -- VALUE : ${this.name}`; },
  };

  function RESTOperation(urlTemplate) {
    this.id = null;
    this.name = null;
    this.host = null;
    this.method = "GET";
    this.urlTemplate = urlTemplate === undefined ? null : urlTemplate;
    this.defaultContentType = null;
  }
  RESTOperation.prototype = {
    constructor: RESTOperation,
    get __reference() { return this.id === null ? undefined : { type: "REST:RESTOperation", id: this.id }; },
    get inParametersCount() { return this.getInParameters().length; },
    getInParameters() { return (text(this.urlTemplate || "").match(/\{[^}]*\}/g) || []).map((one) => one.slice(1, -1)); },
    // Parameters fill the braces of the template in their order.
    createRequest(parameters, content) {
      let place = 0;
      const given = parameters || [];
      const path = text(this.urlTemplate || "").replace(/\{[^}]*\}/g, () => encodeURIComponent(text(given[place++] ?? "")));
      const request = new RESTRequest(this.host, this.method, path, content);
      if (this.defaultContentType) request.contentType = this.defaultContentType;
      return request;
    },
    getDefaultContentType() { return this.defaultContentType; },
    clone() { return Object.assign(new RESTOperation(), { ...this }); },
    newOperationFromThis() { return Object.assign(new RESTOperation(), { ...this, id: null }); },
    toString() { return `DynamicWrapper (Instance) : [RESTOperation] -- VALUE : ${this.name}`; },
  };

  function load(id) {
    const found = host("rest host", text(id));
    if (found === null) return null;
    const made = new RESTHost(found.name);
    for (const name of ["id", "url", "connectionTimeout", "operationTimeout", "hostVerification", "proxyHost", "proxyPort"]) made[name] = found[name];
    made.authentication = new HTTPBasicAuthentication(found.authentication.properties);
    made.authentication.type = found.authentication.type;
    for (const one of found.operations) made.operations_[one.id] = Object.assign(new RESTOperation(), one, { host: made });
    return made;
  }

  factories["REST:RESTHost"] = (given) => load(given.id);
  factories["REST:RESTOperation"] = (given) => {
    const owner = load(host("rest host of", given.id));
    return owner && owner.operations_[given.id];
  };

  const settings = (one) => [one.name, one.url, one.authentication && one.authentication.type, one.authentication && one.authentication.rawAuthProperties,
    { connectionTimeout: one.connectionTimeout, operationTimeout: one.operationTimeout, hostVerification: one.hostVerification, proxyHost: one.proxyHost, proxyPort: one.proxyPort }];

  global.RESTHostManager = {
    createHost: (name) => new RESTHost(name),
    createHostSupportingParallelRequests: (name) => new RESTHost(name),
    createTransientHostFrom: (prototype) => Object.assign(new RESTHost(), prototype, { id: null }),
    addHost: (one) => load(host("rest add host", ...settings(one))),
    updateHost: (one) => { host("rest update host", one.id, ...settings(one)); return load(one.id); },
    removeHost: (id) => { const found = load(id); host("rest remove host", text(id)); return found; },
    getHost: load,
    getHosts: () => host("rest hosts"),
    reloadConfiguration: () => undefined,
  };
  global.RESTAuthenticationManager = {
    createAuthentication: (type, properties) => Object.assign(new HTTPBasicAuthentication(properties || []), { type }),
    getRESTAuthentications: () => ["NONE", "Basic"],
    getSessionModes: () => ["Shared Session", "Per User Session"],
  };
  Object.assign(global, { RESTHost, RESTOperation, RESTRequest, RESTResponse, HTTPBasicAuthentication });
})(globalThis);
