"""Care of the registered poor: three batches of patients, family doctors, check-ups."""
