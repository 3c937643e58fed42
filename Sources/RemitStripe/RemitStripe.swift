// RemitStripe
