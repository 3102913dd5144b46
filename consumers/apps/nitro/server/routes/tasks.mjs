import { report } from '../../report.mjs';

export default () => report('Route');
