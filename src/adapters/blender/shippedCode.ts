import { ForgeError } from '../../core/errors.ts';
import { parseTolerant, toAscii } from '../../core/wire/stock.ts';

/** The Python that a stock add-on is asked to run: it loads and calls blender-addon/avatar_forge/commands/shipped.py. */

/** What we print stands behind it, at the start of a line: commands and add-ons print too. */
const mark = 'AVATAR_FORGE ';
/** Under this name Blender keeps the library, as long as it runs. */
const moduleName = 'avatar_forge_shipped';

export const aboutBlender = `
import bpy, json
print("\\n${mark}" + json.dumps({"blender": bpy.app.version_string, "background": bpy.app.background}))
`;

/** Calls one command; prints \`{"missing":true}\` where this very library is not there. */
export function callCommand(
  digest: string,
  method: string,
  params: Readonly<Record<string, unknown>>,
): string {
  return `
import sys
library = sys.modules.get("${moduleName}")
if library is None or library.DIGEST != "${digest}":
    print('\\n${mark}{"missing": true}')
else:
    print("\\n${mark}" + library.call(${pythonString(method)}, ${pythonJson(params)}))
`;
}

export function installLibrary(digest: string, files: Readonly<Record<string, string>>): string {
  return `
import json
files = json.loads(${pythonJson(files)})
loader = {"__name__": "avatar_forge_loader"}
exec(compile(files["commands/shipped.py"], "avatar_forge/commands/shipped.py", "exec"), loader)
loader["install"](files, "${digest}")
print('\\n${mark}{"installed": true}')
`;
}

/** What the code printed behind the mark. */
export function readOutput(stdout: string): unknown {
  const at = stdout.lastIndexOf(`\n${mark}`);
  const line = at < 0 ? '' : (stdout.slice(at + 1 + mark.length).split('\n', 1)[0] ?? '');
  const value = parseTolerant(line);
  if (value === undefined) {
    throw new ForgeError(
      'internal',
      'The add-on in Blender ran the code, but its output did not come back.',
      'Start Blender again; if it goes on, install the Avatar Forge add-on in it.',
    );
  }
  return value;
}

/** A Python literal of the JSON text of a value. ASCII JSON first, so that surrogate pairs stay pairs. */
function pythonJson(value: unknown): string {
  return pythonString(toAscii(JSON.stringify(value)));
}

/** JSON's escapes for ASCII mean the same in Python. */
function pythonString(ascii: string): string {
  return JSON.stringify(ascii);
}
