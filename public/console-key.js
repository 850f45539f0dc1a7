// Scripts pasted into this page's console find the key that is in the form as `falaiApiKey`.
const field = document.querySelector('#api_key');

Object.defineProperty(window, 'falaiApiKey', {
  configurable: true,
  enumerable: true,
  get: () => field.value,
  set: (key) => {
    field.value = key;
  },
});
