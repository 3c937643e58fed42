// RemitFrame
