// The place form of a case: a point on its map fills longitude and latitude and says which grid that is.

document.addEventListener('ld:point', async (event) => {
  const form = document.querySelector('form[data-place]');
  if (!form) return;
  form.elements.lon.value = event.detail.lon;
  form.elements.lat.value = event.detail.lat;
  form.setAttribute('data-dirty', '');
  const address = new URL(form.dataset.locate, location.href);
  address.searchParams.set('lon', event.detail.lon);
  address.searchParams.set('lat', event.detail.lat);
  const answer = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const { names } = await answer.json();
  form.querySelector('output').textContent = names.join(' › ') || form.dataset.outside;
});
