// What scripts call of plug-ins by name, over the simulated inventory: the vCenter's and the vCloud Director's.
(function (global) {
  "use strict";

  const all = (type, query) => global.Server.findAllForType(type, query);

  global.VcPlugin = {
    get allSdkConnections() { return all("VC:SdkConnection"); },
    // Properties to read ahead mean nothing here.
    getAllVirtualMachines: (_properties, query) => all("VC:VirtualMachine", query),
  };

  global.VclHostManager = {
    getHostList: () => all("vCloud:Host"),
    getHostByInternalId: (id) => global.Server.findForType("vCloud:Host", id),
  };
})(globalThis);
