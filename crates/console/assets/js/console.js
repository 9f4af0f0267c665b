// Starts the pieces, each in a file of its own. Every page works without any of this; it is quicker with it.
import { startActs } from "./acts.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startTheme } from "./theme.js";
import { startTimes } from "./times.js";

startTheme();
startTimes();
startActs();
startKeys();
startLive();
