export { cityNames, unseenCity, type CityName } from './city-styles.ts';
export type { Intrinsics } from './camera.ts';
export { renderScene, renderSnippet, skyDepth, type Frame, type RenderOptions } from './render-snippet.ts';
export { sceneClasses, type SceneClass } from './scene-classes.ts';
export { writeCityscapes, type WriteCityscapesOptions } from './write-cityscapes.ts';
