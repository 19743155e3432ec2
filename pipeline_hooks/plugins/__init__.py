"""The plug-ins, as pyblish finds them: register this folder with ``pyblish.api.register_plugin_path``."""
