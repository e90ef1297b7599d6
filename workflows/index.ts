export { fineTuneWindow } from './fine-tune-window.js';
export { promotion } from './promotion.js';
export { skipWindow } from './skip-window.js';
export { weeklyFineTune } from './weekly-fine-tune.js';
