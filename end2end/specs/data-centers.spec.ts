import { test } from '../harness/test.ts';

test.fixme('"Default" exists from the start', async () => {});
test.fixme('a data center that is added has settings of its own', async () => {});
test.fixme('a data center can be renamed', async () => {});
test.fixme('an unused data center can be removed, a used one cannot', async () => {});
test.fixme('an authorization belongs to the data center it was begun for', async () => {});
