"""The rules of cases: terms of law, the ZGW standard, reference numbers and archiving. Pure: values in, values out."""
