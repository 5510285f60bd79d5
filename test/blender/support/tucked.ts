/** What goes under or into the other, and so cuts it where nobody sees it. Any other two meshes are apart. */
const tucked = new Set([
  ...['Shirt', 'Shorts', 'Tunic', 'Coat', 'Trousers', 'Gloves'].map((mesh) => `Body, ${mesh}`),
  ...['Vest', 'Tunic', 'Coat', 'Cravat', 'Skirt', 'Armor'].map((mesh) => `Shirt, ${mesh}`),
  ...['Vest', 'Tunic', 'Coat', 'Cravat', 'Trousers', 'Boots'].map((mesh) => `${mesh}, Armor`), // plates rest on cloth
  ...['Shirt', 'Vest', 'Tunic', 'Skirt'].map((mesh) => `${mesh}, Belt`),
  ...['Vest', 'Tunic'].flatMap((mesh) => [`${mesh}, Coat`, `${mesh}, Skirt`]),
  ...['Tunic', 'Coat'].map((mesh) => `${mesh}, Gloves`),
  'Face, Body',
  'Trousers, Boots',
  'Stockings, Shoes',
]);

/** The pairs (“Coat, Skirt”) that cut each other and should not. */
export function cutting(crossings: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(crossings).flatMap(([pair, faces]) => (faces > 0 && !tucked.has(pair) ? [pair] : []));
}
