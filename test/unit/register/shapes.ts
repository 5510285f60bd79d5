import type { Language } from '../../../src/core/register/syntax.ts';

/** Ways in which the companion app may write its list of models: A, its second version in some, and B. */
export interface Shape {
  readonly title: string;
  readonly language: Language;
  readonly text: string;
}

const go = (title: string, text: string): Shape => ({
  title: `Go: ${title}`,
  language: 'go',
  text: `package database\n\nimport "strings"\n\n// Models that a user may choose.\n${text}\nfunc Trim(s string) string { return strings.TrimSpace(s) }\n`,
});
const js = (title: string, text: string): Shape => ({ title: `JS: ${title}`, language: 'javascript', text });

export const shapes: readonly Shape[] = [
  go(
    'map to bool',
    `var AllowedAvatarModels = map[string]bool{\n\t"Companion-A.vrm": true,\n\t"B.vrm":           true, // the blue one\n}\n`,
  ),
  go(
    'map to bool on a line',
    `var AllowedAvatarModels = map[string]bool{"Companion-A.vrm": true, "B.vrm": true}\n`,
  ),
  go(
    'map to bool, typed, in a group, one switched off',
    `var (\n\tother = 1\n\n\tAllowedAvatarModels map[string]bool = map[string]bool{\n\t\t"Companion-A.vrm": true,\n\t\t// not yet\n\t\t"B.vrm": false,\n\t}\n)\n`,
  ),
  go(
    'set',
    `var AllowedAvatarModels = map[string]struct{}{\n\t"Companion-A.vrm": {},\n\t"B.vrm":           {},\n\n\t// kept for old users\n\t"Zed.vrm": {},\n}\n`,
  ),
  go(
    'slice',
    'var AllowedAvatarModels = []string{\n\t"Companion-A.vrm", // first\n\t"B.vrm",           /* second */\n}\n',
  ),
  go(
    'slice, packed',
    'var AllowedAvatarModels = []string{\n\t"Companion-A.vrm", "B.vrm",\n\t"C.vrm", "D.vrm",\n}\n',
  ),
  go('array, raw strings', 'var AllowedAvatarModels = [...]string{`Companion-A.vrm`, `B.vrm`}\n'),
  go(
    'slice, closed on the last line',
    'var AllowedAvatarModels = []string{\n\t"Companion-A.vrm",\n\t"B.vrm"}\n',
  ),
  go(
    'map of bare names to paths',
    'var AllowedAvatarModels = map[string]string{\n\t"companion-a": "/models/Companion-A.vrm",\n\t"b":           "/models/B.vrm",\n}\n',
  ),
  go(
    'map to struct',
    'var AllowedAvatarModels = map[string]Model{\n\t"Companion-A.vrm": {Label: "Companion A", Thumb: "/thumbs/Companion-A.png"},\n\t"B.vrm":           {Label: "The blue one", Thumb: "/thumbs/B.png"},\n}\n\ntype Model struct{ Label, Thumb string }\n',
  ),
  go(
    'slice of structs on lines of their own',
    'var AllowedAvatarModels = []Model{\n\t{\n\t\tID:   "companion-a", // never changes\n\t\tFile: "Companion-A.vrm",\n\t},\n\t{\n\t\tID:   "b",\n\t\tFile: "B.vrm",\n\t},\n}\n\ntype Model struct{ ID, File string }\n',
  ),
  go(
    'bare names',
    'var AllowedAvatarModels = map[string]bool{\n\t"Companion-A": true,\n\t"B":           true,\n}\n',
  ),
  js('array', "export const AVATAR_MODELS = [\n  'Companion-A.vrm', // first\n  'B.vrm',\n];\n"),
  js('array on a line', 'const avatarModels = ["Companion-A.vrm", "B.vrm"];\n'),
  js('array on a line, comma at the end', "const avatarModels = ['Companion-A.vrm', 'B.vrm',];\n"),
  js(
    'array without a last comma',
    "const models = [\n\t'Companion-A.vrm', /* first */\n\t'B.vrm' // last\n]\n",
  ),
  js('array, Windows lines', "const models = [\r\n  'Companion-A.vrm', // first\r\n  'B.vrm',\r\n];\r\n"),
  js(
    'array with a spread',
    "const more = [];\nconst models = [\n  ...more,\n  'Companion-A.vrm',\n  'B.vrm',\n];\n",
  ),
  js('Set', "const ALLOWED = new Set(['Companion-A.vrm', 'B.vrm']);\n"),
  js(
    'frozen, in a class',
    "class Avatars {\n  static models = Object.freeze([\n    'Companion-A.vrm',\n    'B.vrm',\n  ]);\n}\n",
  ),
  js(
    'array of objects',
    "const AVATARS = [\n  { id: 'companion-a', label: 'Companion A', url: '/models/Companion-A.vrm' },\n  { id: 'b', label: 'The blue one', url: '/models/B.vrm', default: true },\n];\n",
  ),
  js(
    'array of objects over lines',
    "window.avatarModels = [\n  {\n    id: 'companion-a', // never changes\n    file: `Companion-A.vrm`,\n  },\n  {\n    id: 'b',\n    file: `B.vrm`,\n  },\n];\n",
  ),
  js('object by file', "const models = { 'Companion-A.vrm': true, 'B.vrm': true };\n"),
  js(
    'object by id, in another',
    "const config = {\n  size: 1,\n  models: {\n    companionA: '/models/Companion-A.vrm',\n    b: '/models/B.vrm',\n  },\n};\n",
  ),
  js(
    'object of objects',
    "export default { a: 1 };\nconst AVATARS = {\n  'companion-a': { file: 'Companion-A.vrm' },\n  b: { file: 'B.vrm' },\n};\n",
  ),
  js('bare names', "const AVATAR_MODELS = [\n  'Companion-A',\n  'B',\n];\n"),
];
