import RemitService
import RemitTenant

extension TenantDirectory: TenantDoor {}

extension ControlPlane: ControlSource {}
