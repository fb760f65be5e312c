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
          var east = ring.map(function (p) {
            last = p[0] + Math.round((last - p[0]) / 360) * 360;
            return last;
          });
          // Its middle is on the map, wherever the ring begins: Asia may do so beyond the antimeridian.
          var middle = (Math.min.apply(null, east) + Math.max.apply(null, east)) / 2;
          var back = Math.round(middle / 360) * 360;
          return ring.map(function (p, n) { return [east[n] - back + shift, p[1]]; });
        }));
      });
    });
  });
  return { type: "MultiPolygon", coordinates: polygons };
};
