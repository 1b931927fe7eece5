import LowCode
