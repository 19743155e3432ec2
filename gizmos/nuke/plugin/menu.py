"""Doublure's menu in the node toolbar. This file is run where Nuke has an interface."""

import os

import nuke

FOLDER = os.path.dirname(os.path.abspath(__file__)).replace(os.sep, "/")
PASTE = "with nuke.lastHitGroup():\n    nuke.loadToolset({!r})"
MENU = nuke.menu("Nodes").addMenu("Doublure", icon="Doublure.png")
for name, label in (
    ("DoublureFaceReplace", "FaceReplace"),
    ("DoublureTrack", "Track"),
    ("DoublureSwap", "Swap"),
    ("DoublureRelight", "Relight"),
    ("DoublureBlend", "Blend"),
):
    MENU.addCommand(label, PASTE.format(FOLDER + "/Doublure/" + name + ".nk"), icon=name + ".png")
