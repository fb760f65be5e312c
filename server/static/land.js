/* Coastlines for maps that move. */
window.datelineLand = function (land, shifts) {
  "use strict";
  // Those that cross the antimeridian go on beyond 180 degrees; `shifts` are the degrees at which the world stands.
  var polygons = [];
  land.features.forEach(function (f) {
    f.geometry.coordinates.forEach(function (polygon) {
      shifts.forEach(function (shift) {
        polygons.push(polygon.map(function (ring) {
          var last = ring[0][0];
          return ring.map(function (p) {
            last = p[0] + Math.round((last - p[0]) / 360) * 360;
            return [last + shift, p[1]];
          });
        }));
      });
    });
  });
  return { type: "MultiPolygon", coordinates: polygons };
};
