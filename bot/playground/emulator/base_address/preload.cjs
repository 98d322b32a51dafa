// Node runs this in the app's process before the app: @slack/web-api's clients then call the emulator.
// An app that names an address itself keeps it.
"use strict";

const Module = require("node:module");

const load = Module._load;

Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  return request === "@slack/web-api" ? pointed(loaded) : loaded;
};

let known = null;

function pointed(api) {
  known ??= Object.create(api, {
    WebClient: {
      enumerable: true,
      value: class extends api.WebClient {
        constructor(token, options = {}) {
          super(token, { ...options, slackApiUrl: options.slackApiUrl ?? process.env.SLACK_API_URL });
        }
      },
    },
  });
  return known;
}
