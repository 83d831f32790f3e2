const { API = 'http://localhost:3000' } = process.env

export default { '/auth': { target: API }, '/api': { target: API } }
