// RemitDomain
