import type { ClassInfo } from './dataset.ts';

/**
 * The 19 classes of Cityscapes' benchmark in the order of their trainIds, with the id that
 * `*_labelIds.png` files hold.
 */
export const cityscapesClasses: readonly (ClassInfo & { id: number })[] = [
  { id: 7, name: 'road', color: [128, 64, 128] },
  { id: 8, name: 'sidewalk', color: [244, 35, 232] },
  { id: 11, name: 'building', color: [70, 70, 70] },
  { id: 12, name: 'wall', color: [102, 102, 156] },
  { id: 13, name: 'fence', color: [190, 153, 153] },
  { id: 17, name: 'pole', color: [153, 153, 153] },
  { id: 19, name: 'traffic light', color: [250, 170, 30] },
  { id: 20, name: 'traffic sign', color: [220, 220, 0] },
  { id: 21, name: 'vegetation', color: [107, 142, 35] },
  { id: 22, name: 'terrain', color: [152, 251, 152] },
  { id: 23, name: 'sky', color: [70, 130, 180] },
  { id: 24, name: 'person', color: [220, 20, 60] },
  { id: 25, name: 'rider', color: [255, 0, 0] },
  { id: 26, name: 'car', color: [0, 0, 142] },
  { id: 27, name: 'truck', color: [0, 0, 70] },
  { id: 28, name: 'bus', color: [0, 60, 100] },
  { id: 31, name: 'train', color: [0, 80, 100] },
  { id: 32, name: 'motorcycle', color: [0, 0, 230] },
  { id: 33, name: 'bicycle', color: [119, 11, 32] },
];
