// RemitCodeGen
