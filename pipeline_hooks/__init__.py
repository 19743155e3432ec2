"""Pipeline hooks: publish plug-ins, the gate and the review report."""
