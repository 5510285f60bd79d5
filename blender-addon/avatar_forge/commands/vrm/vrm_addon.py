import bpy
def installed():
    return False
