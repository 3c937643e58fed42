// RemitStripeSimulator
