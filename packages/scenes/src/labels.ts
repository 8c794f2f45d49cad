/** trainIds by name, for the parts that a scene is made of. */
export const labels = {
  road: 0,
  sidewalk: 1,
  building: 2,
  pole: 5,
  trafficLight: 6,
  trafficSign: 7,
  vegetation: 8,
  terrain: 9,
  sky: 10,
  person: 11,
  car: 13,
} as const;
