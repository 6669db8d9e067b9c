// Keeps the progress of a request up to date, and loads the page again when the request has come to something else.
(() => {
  const place = document.querySelector('[data-events]');
  if (!place || !window.EventSource) {
    return;
  }
  const bar = place.querySelector('progress');
  const words = place.querySelector('p');
  const events = new EventSource(place.dataset.events);
  events.addEventListener('progress', event => {
    const news = JSON.parse(event.data);
    if (news.state !== place.dataset.state) {
      events.close();
      location.reload();
      return;
    }
    bar.value = news.share;
    if (words.textContent !== news.text) {
      words.textContent = news.text;
    }
  });
  const loadLater = () => setTimeout(() => location.reload(), 15000);
  events.addEventListener('end', () => events.close());
  events.addEventListener('later', () => {
    events.close();
    loadLater();
  });
  events.addEventListener('error', () => {
    // The browser tries again by itself, unless it was told that it is no use.
    if (events.readyState === EventSource.CLOSED) {
      loadLater();
    }
  });
  addEventListener('pagehide', () => events.close());
})();
