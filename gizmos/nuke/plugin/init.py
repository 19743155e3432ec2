"""Doublure's tools for Nuke. This file is run everywhere, also on a farm."""

import nuke

nuke.pluginAddPath("./icons")
