"""The kinds of claim, as the rules group them."""

INPATIENT = ("inpatient",)
CHRONIC = ("chronic", "drug_purchase")
OUTPATIENT = ("outpatient",)
OBSERVATION = ("observation",)
FAMILY_BED = ("family_bed",)
PACKAGE = ("package",)
CLAIMS = (*INPATIENT, *CHRONIC, *OUTPATIENT, *OBSERVATION, *FAMILY_BED, *PACKAGE)
ENROLMENT = ("enrolment",)
DOCTOR = ("doctor_incentive",)
