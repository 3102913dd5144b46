// A user's CommonJS module.
import infinium = require('infinium-o2');

const client: infinium.InfiniumClient = new infinium.InfiniumClient();
const task: infinium.TaskData = {
  name: 'a',
  description: 'b',
  currentDatetime: client.getCurrentIsoDatetime(),
  duration: 1,
};
export = client.sendBatch([task]);
