// RemitStripeSimulatorHTTP
