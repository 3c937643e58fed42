// RemitAPI
