/** A class of Cityscapes' label map (its `labels.py`). */
export interface SceneClass {
  name: string;
  /** Value in label images in memory. */
  trainId: number;
  /** Value in `*_gtFine_labelIds.png`. */
  labelId: number;
  /** RGB, 0..255. */
  color: readonly [number, number, number];
}

/** The classes that occur in rendered scenes, ordered by trainId. */
export const sceneClasses = [
  { name: 'road', trainId: 0, labelId: 7, color: [128, 64, 128] },
  { name: 'sidewalk', trainId: 1, labelId: 8, color: [244, 35, 232] },
  { name: 'building', trainId: 2, labelId: 11, color: [70, 70, 70] },
  { name: 'pole', trainId: 5, labelId: 17, color: [153, 153, 153] },
  { name: 'traffic light', trainId: 6, labelId: 19, color: [250, 170, 30] },
  { name: 'traffic sign', trainId: 7, labelId: 20, color: [220, 220, 0] },
  { name: 'vegetation', trainId: 8, labelId: 21, color: [107, 142, 35] },
  { name: 'terrain', trainId: 9, labelId: 22, color: [152, 251, 152] },
  { name: 'sky', trainId: 10, labelId: 23, color: [70, 130, 180] },
  { name: 'person', trainId: 11, labelId: 24, color: [220, 20, 60] },
  { name: 'car', trainId: 13, labelId: 26, color: [0, 0, 142] },
] as const satisfies readonly SceneClass[];
