// Puts the scripts beside the stylesheet that sass has just made; the last step of `npm run build`.
import { copyFileSync } from "node:fs";

const built = "app/edge/static/built/";
copyFileSync("node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js", `${built}govuk-frontend.min.js`);
for (const own of ["supported.js", "adapt.js", "icon.svg"]) copyFileSync(`app/edge/assets/${own}`, `${built}${own}`);
