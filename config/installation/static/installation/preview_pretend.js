/* Read before the widget, which takes what browsers bring as soon as it is read. */

import { pretend } from "./preview_network.js";

pretend(window);
