// RemitStripeHTTP
