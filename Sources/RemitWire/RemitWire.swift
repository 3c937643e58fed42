// RemitWire
