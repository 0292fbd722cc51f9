"""ModelsLab: the one place that knows the vendor.

`parsing` reads its irregular fields, `errors` sorts its error texts, `interpret` decides what a message means;
`client` sends.
"""
