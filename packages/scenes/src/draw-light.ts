import { cityNames, cityStyles, type CityStyle } from './city-styles.ts';
import { darken } from './draft.ts';
import type { Random } from './random.ts';
import type { Color, Light } from './scene.ts';

/** Sun, sky and weather of a place. */
export function drawLight(random: Random, style: CityStyle): Light {
  const side = random.chance(0.5) ? 1 : -1;
  // Weather comes from anywhere; sky colours say little about the city.
  const weather: CityStyle = random.chance(0.45) ? cityStyles[random.pick(cityNames)] : style;
  const elevation = random.between(...style.sunHeight);
  const azimuth = random.between(-1.1, 0.9);
  const sun = [
    side * Math.cos(elevation) * Math.cos(azimuth),
    -Math.sin(elevation),
    Math.cos(elevation) * Math.sin(azimuth),
  ] as const;
  return {
    sun,
    strength: random.between(...style.sun),
    tint: cast(random, style.tint, 0.07),
    skyTop: cast(random, darken(weather.skyTop, random.between(0.6, 1.25)), 0.1),
    skyHorizon: cast(random, darken(weather.skyHorizon, random.between(0.62, 1.18)), 0.06),
    cloud: cast(random, darken(weather.cloud, random.between(0.66, 1.15)), 0.04),
    cloudCover: random.between(...weather.cloudCover),
    fog: random.between(...style.fog),
    exposure: random.between(...style.exposure) * random.between(0.68, 1.15),
    contrast: random.between(...style.contrast),
  };
}

/** `color` under light of another hue. */
function cast(random: Random, [red, green, blue]: Color, amount: number): Color {
  const warmth = amount * random.normal();
  const green2 = 0.5 * amount * random.normal();
  const within = (value: number) => Math.min(250, Math.max(8, value));
  return [within(red * (1 + warmth)), within(green * (1 + green2)), within(blue * (1 - warmth))];
}
