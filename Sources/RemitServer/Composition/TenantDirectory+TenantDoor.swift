import RemitService
import RemitTenant

extension TenantDirectory: TenantDoor where Caller == ServiceCaller {}

extension ControlPlane: ControlSource {}
