// RemitStorage
