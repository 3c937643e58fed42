// RemitHTTP
