FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN python -m babel.messages.frontend compile --domain django --directory locale --statistics \
    && SECRET_KEY=only-to-collect-the-static-files-of-the-image python manage.py collectstatic --noinput \
    && useradd --create-home rongqiao && mkdir -p /data && chown rongqiao /data
USER rongqiao
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]
