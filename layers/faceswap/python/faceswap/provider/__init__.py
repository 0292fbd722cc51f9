"""The provider: what its messages mean (pure), and the calls that reach it.

`fields` reads its irregular fields, `classes` sorts its error texts, `interpret` decides what a message means;
`client` sends, `download` reads a result, `network` bounds every exchange and guards foreign addresses.
"""
