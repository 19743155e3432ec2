"""The ground-truth stage: rendered performances whose right answers are known.

Imports point one way, each folder to those before it: ``base``, ``face``, ``hair``, ``people``, ``camera``, ``light``,
``acting``, ``shading``, ``layers``. The files beside the folders are the commands: a take, footage, the example.
"""
