/** The models that an animation's name speaks of, the longest first: `My-Hero-wave.vrma` is made for `My-Hero.vrm`, or for `My.vrm`. */
export function figureNames(animation: string): readonly string[] {
  const parts = animation.replace(/\.vrma$/i, '').split('-');
  return parts
    .slice(1)
    .map((_, n) => `${parts.slice(0, parts.length - 1 - n).join('-')}.vrm`)
    .filter((name) => name !== '.vrm');
}
