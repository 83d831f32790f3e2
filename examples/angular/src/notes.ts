import { HttpClient } from '@angular/common/http'
import { Component, inject, signal } from '@angular/core'
import type { Note } from '../../api/access'

@Component({
  selector: 'app-notes',
  template: `
    <section class="notes">
      <h1 class="kh-title">Your notes</h1>
      <form (submit)="$event.preventDefault(); add(text.value); text.value = ''">
        <input #text class="kh-input" aria-label="New note" maxlength="500" required />
        <button class="kh-button kh-primary">Add note</button>
      </form>
      <ul>
        @for (note of notes(); track note.id) {
          <li>
            {{ note.text }}
            <button class="delete" (click)="remove(note.id)">Delete</button>
          </li>
        }
      </ul>
    </section>
  `,
})
export class Notes {
  readonly notes = signal<Note[]>([])
  private readonly http = inject(HttpClient)

  constructor() {
    this.http.get<Note[]>('/api/notes').subscribe((notes) => this.notes.set(notes))
  }

  add(text: string): void {
    this.http
      .post<Note>('/api/notes', { text })
      .subscribe((note) => this.notes.update((notes) => [note, ...notes]))
  }

  remove(id: number): void {
    this.http
      .delete(`/api/notes/${id}`)
      .subscribe(() => this.notes.update((notes) => notes.filter((note) => note.id !== id)))
  }
}
