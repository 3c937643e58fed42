// RemitService
