/** Lines from each bone to the bone above it. Nodes that are no joint of a skin are bones, too, where the map says so. */
import { BufferGeometry, Float32BufferAttribute, LineBasicMaterial, LineSegments, Vector3 } from 'three';
import type { Object3D } from 'three';

export class BoneLines extends LineSegments<BufferGeometry, LineBasicMaterial> {
  readonly #pairs: readonly (readonly [Object3D, Object3D])[];

  constructor(bones: ReadonlySet<Object3D>) {
    const pairs = [...bones].flatMap((bone): (readonly [Object3D, Object3D])[] => {
      let above = bone.parent;
      while (above !== null && !bones.has(above)) above = above.parent;
      return above === null ? [] : [[bone, above]];
    });
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new Float32BufferAttribute(6 * pairs.length, 3));
    super(geometry, new LineBasicMaterial({ color: 0x3f7cff }));
    this.#pairs = pairs;
    this.frustumCulled = false;
    this.follow();
  }

  /** Puts the lines where the bones are now. */
  follow(): void {
    const position = this.geometry.getAttribute('position');
    const place = new Vector3();
    this.#pairs.flat().forEach((bone, n) => {
      bone.getWorldPosition(place);
      position.setXYZ(n, place.x, place.y, place.z);
    });
    position.needsUpdate = true;
  }

  override dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
  }
}
