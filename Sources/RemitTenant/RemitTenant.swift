// RemitTenant
